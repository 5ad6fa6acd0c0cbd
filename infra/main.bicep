metadata description = 'A marketplace for GPU-hours, in one resource group. How to get there from an empty subscription: README.md.'

@description('Which of the marketplaces this is; part of every name.')
param environmentName 'dev' | 'prod'

param location string = resourceGroup().location

@description('Standard: about 500 messages a second end to end. Premium: units of its own.')
param serviceBusSku 'Standard' | 'Premium'

@description('Premium messaging units; of no meaning in Standard.')
@allowed([1, 2, 4, 8, 16])
param messagingUnits int = 1

@description('In how many places state is kept.')
param stateRedundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS'

@description('Who issues the tokens of people and organisations: the address of an OpenID Connect authority.')
@minLength(8)
param tokenAuthority string

@description('The claim aud of those tokens.')
param tokenAudience string = 'marketplace'

@description('Who is told of alerts and spending.')
@minLength(3)
param operatorsEmail string

@description('The most function instances.')
@minValue(40)
@maxValue(1000)
param maximumInstances int

@description('Function instances that are always there for HTTP.')
param alwaysReadyHttp int

@description('Whether the key vault outlives its deletion. Cannot be turned off again.')
param purgeProtection bool

@description('How long logs are kept, in days, and the most that is taken in, in GB a day.')
param logRetentionDays int
param logDailyCapGB int

@description('What a month may cost, in the currency of the subscription, and the month in which the budget begins, as yyyy-MM-01.')
param monthlyBudget int
param budgetStartDate string

@description('GPU machines that run the benchmark worker; 0 for none, as machines of providers are not here.')
param workerCount int = 0

@description('Their size.')
param workerSize string = 'Standard_NC40ads_H100_v5'

@description('Public key of whoever may administer them; needed if there are any.')
param workerSshPublicKey string = ''

@description('Name of the worker in the container "artifacts", and the SHA-256 that it must have; needed if there are any.')
param workerBlob string = 'marketplace-worker'
param workerSha256 string = ''

var name = 'gpumarket-${environmentName}'
var insightsName = '${name}-insights'

// Names that must be unique in the world, the same ones for the same resource group.
var unique = 'gm${environmentName}${take(uniqueString(resourceGroup().id), 8)}'
var stateAccountName = '${unique}state'
var hostAccountName = '${unique}host'
var vaultName = '${unique}-keys'

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: '${name}-functions'
    location: location
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    insightsName: insightsName
    location: location
    retentionDays: logRetentionDays
    dailyCapGB: logDailyCapGB
    functionsPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    stateAccountName: stateAccountName
    hostAccountName: hostAccountName
    location: location
    redundancy: stateRedundancy
    functionsPrincipalId: identity.outputs.principalId
  }
}

module messaging 'modules/messaging.bicep' = {
  name: 'messaging'
  params: {
    name: '${unique}-bus'
    location: location
    sku: serviceBusSku
    messagingUnits: messagingUnits
    functionsPrincipalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: vaultName
    location: location
    purgeProtection: purgeProtection
    workspaceId: monitoring.outputs.workspaceId
    functionsPrincipalId: identity.outputs.principalId
  }
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  params: {
    name: unique
    location: location
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostAccountName: hostAccountName
    deploymentsUrl: storage.outputs.deploymentsUrl
    tablesUrl: storage.outputs.tablesUrl
    serviceBusHostName: messaging.outputs.hostName
    insightsName: insightsName
    vaultName: vaultName
    tokenAuthority: tokenAuthority
    tokenAudience: tokenAudience
    maximumInstances: maximumInstances
    alwaysReadyHttp: alwaysReadyHttp
  }
  dependsOn: [
    monitoring
    vault
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: location
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: messaging.outputs.id
    email: operatorsEmail
  }
}

module budget 'modules/budget.bicep' = {
  name: 'budget'
  params: {
    name: '${name}-month'
    monthlyAmount: monthlyBudget
    startDate: budgetStartDate
    email: operatorsEmail
  }
}

module workers 'modules/workers.bicep' = if (workerCount > 0) {
  name: 'workers'
  params: {
    name: name
    location: location
    machineCount: workerCount
    machineSize: workerSize
    sshPublicKey: workerSshPublicKey
    apiUrl: functions.outputs.url
    artifactsAccountName: hostAccountName
    workerBlob: workerBlob
    workerSha256: workerSha256
  }
}

@description('Where the marketplace answers.')
output url string = functions.outputs.url

@description('What the next steps of README.md need: the function app, the vault for keys, the account for the worker.')
output functionAppName string = functions.outputs.appName
output vaultName string = vaultName
output artifactsAccountName string = hostAccountName
