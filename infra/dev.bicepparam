using 'main.bicep'

// Small and cheap, gone without a trace when it is deleted. What differs between deployments comes from the environment.
param environmentName = 'dev'
param serviceBusSku = 'Standard'
param stateRedundancy = 'Standard_LRS'
param tokenAuthority = readEnvironmentVariable('TOKEN_AUTHORITY', 'https://login.example.com/')
param operatorsEmail = readEnvironmentVariable('OPERATORS_EMAIL', 'operators@example.com')
param maximumInstances = 40
param alwaysReadyHttp = 0
param purgeProtection = false
param logRetentionDays = 30
param logDailyCapGB = 1
param monthlyBudget = 200
param budgetStartDate = readEnvironmentVariable('BUDGET_START_DATE', '2027-01-01')
param workerCount = int(readEnvironmentVariable('WORKER_COUNT', '0'))
param workerSize = readEnvironmentVariable('WORKER_SIZE', 'Standard_NC40ads_H100_v5')
param workerSshPublicKey = readEnvironmentVariable('WORKER_SSH_PUBLIC_KEY', '')
param workerSha256 = readEnvironmentVariable('WORKER_SHA256', '')
